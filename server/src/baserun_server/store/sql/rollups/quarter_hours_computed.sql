-- Note that these hours are computed.
INSERT INTO quarter_hours_reckoned (project_id, hour, version)
SELECT {project_id:String}, toDateTime(of_hour.1, 'UTC'), of_hour.2
FROM (SELECT arrayJoin(arrayZip({hours:Array(UInt32)}, {versions:Array(UInt64)})) AS of_hour)
