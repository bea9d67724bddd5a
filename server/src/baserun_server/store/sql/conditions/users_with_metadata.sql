-- Users with a session or a trace for whose column `metadata` something is true.
user_id IN (SELECT arrayJoin(users) FROM sessions FINAL WHERE project_id = {project_id:String} AND ${metadata})
OR ${users_of_traces}
