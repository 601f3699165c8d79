"""Reading images and labels from files and folders."""
