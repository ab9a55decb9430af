"""How the world is painted: flat shapes, layered from the sky to the snow, drawn large and made small."""
