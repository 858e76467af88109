"""What the words of other libraries and of the papers mean in this language. The table is `words.yaml`."""
