"""Everything about a person taken out of the tables, and kept out."""
