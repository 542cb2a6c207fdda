"""Sends mail by SendGrid, and by Amazon SES when SendGrid does not take it."""
