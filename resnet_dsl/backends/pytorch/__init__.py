"""Graph -> torch: the module, its weights, its device, and the check that it is what the graph says."""
