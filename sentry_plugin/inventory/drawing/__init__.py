"""Draws an inventory as one HTML page that needs no network: who can reach what, what is wrong.

Positions are calculated here, so that the page only has to paint.
"""
