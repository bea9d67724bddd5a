-- Activity of users who were active before and after a window; replaced rows add some more.
user_id IN (
    SELECT arrayJoin(arrayPushBack(aliases, user_id)) FROM users
    WHERE project_id = {project_id:String} AND first_seen < ${window_begin} AND last_seen > ${window_end})
