"""Programs that search for what the tests miss. They are not tests."""
