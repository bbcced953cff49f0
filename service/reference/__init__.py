"""What is known of places, people and sources, whatever is reported?"""
