"""The latent map as numbers and colours."""
