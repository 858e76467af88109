"""A network and its weights in, a file in a format of others out, which has been checked against the network."""
