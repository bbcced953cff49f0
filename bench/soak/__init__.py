"""Does a server that runs for long grow, leak or fail?"""
