"""Who asks: routes, forms, and what every answer carries."""
