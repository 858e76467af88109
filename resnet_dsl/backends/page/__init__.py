"""Graph -> one HTML file to look at a network in, which loads nothing from anywhere."""
