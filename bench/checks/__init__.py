"""How well do the checks find what is wrong, and how often do they cry wolf?"""
