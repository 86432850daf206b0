"""What texts say, wherever they stand: names, personal data, claims, politics, harm, disguises."""
