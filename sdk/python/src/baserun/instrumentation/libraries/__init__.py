"""The watched libraries, one file each."""
