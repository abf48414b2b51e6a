"""An inventory as one HTML page that needs no network: who can reach what, and what is wrong.

Positions are calculated here, so that the page only has to paint. One idea per module.
"""
