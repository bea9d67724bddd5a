"""How an answer is made: the store is asked, and its rows become records of the API."""
