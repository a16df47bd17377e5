DROP TABLE platform.webhook_attempts;
DROP TABLE platform.webhook_messages;
DROP TABLE platform.webhook_endpoints;
