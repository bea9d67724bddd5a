"""What lists are filtered, sorted and searched by, as conditions in SQL."""
