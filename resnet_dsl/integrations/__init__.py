"""Networks made of specs, where the users of other libraries look for networks: a module for each library."""
