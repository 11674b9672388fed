"""How long a deployment takes beside the least that it could take. See `README.md` here."""
