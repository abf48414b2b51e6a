"""What actions on issues share: naming, changing and choosing them."""
