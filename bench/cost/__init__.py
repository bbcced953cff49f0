"""What may one question cost the service? ``python -m bench.cost``."""
