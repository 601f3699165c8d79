"""Files that ship with the program; `vae_explorer.assets.asset` finds them."""
