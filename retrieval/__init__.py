"""The catalog and finding candidates in it."""
