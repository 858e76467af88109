"""Programs that search for what the tests miss; none is a test."""
