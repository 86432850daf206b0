"""C2PA manifests, signing, attestations, and their verification."""
