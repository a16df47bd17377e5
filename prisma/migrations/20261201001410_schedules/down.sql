DROP TABLE workflow.schedule_firings;
DROP TABLE workflow.schedules;
