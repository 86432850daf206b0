"""What looks at assets: one file for each analyzer."""
