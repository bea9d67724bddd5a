INSERT INTO data_versions SELECT {project_id:String}, {version:UInt64}
