"""Projects made from the templates."""
