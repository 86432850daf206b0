"""Reading media: contained decode, the cheap pass over every frame, the sampling plan."""
