"""The geometry and the colours of the latent map."""
