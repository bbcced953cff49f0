"""What do caches in front of a server spare it?"""
