//! Manifests: objects that name the objects that hold the items of a map run.

use serde_json::Value;

/// The manifest of an S3 inventory ("Inventory manifest", Amazon S3 User Guide).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inventory {
    pub(crate) bucket: String,
    pub(crate) keys: Vec<String>,
    /// What the fields of a row are called: the files have no headers.
    pub(crate) headers: Vec<String>,
}

/// Reads the manifest of an inventory; else what is wrong with it.
pub(crate) fn inventory(body: &str) -> Result<Inventory, String> {
    let manifest: Value =
        serde_json::from_str(body).map_err(|error| format!("The manifest is no JSON: {error}"))?;
    let text = |field: &str| {
        let text = manifest[field].as_str();
        text.ok_or_else(|| format!("The manifest has no `{field}`, a text."))
    };
    // AWS reads no other.
    let format = text("fileFormat")?;
    if format != "CSV" {
        return Err(format!("The inventory's files are {format}; only CSV is read."));
    }
    let headers = text("fileSchema")?.split(',').map(|name| name.trim().to_owned()).collect();
    let destination = text("destinationBucket")?;
    let bucket = destination.rsplit(':').next().unwrap_or_default().to_owned();
    let files = manifest["files"].as_array().ok_or("The manifest has no `files`, an array.")?;
    let keys = files.iter().map(|file| {
        let key = file["key"].as_str().map(str::to_owned);
        key.ok_or_else(|| "A file of the manifest has no `key`.".to_owned())
    });
    Ok(Inventory { bucket, keys: keys.collect::<Result<_, _>>()?, headers })
}

/// Bucket and key of each object in the manifest of an Athena `UNLOAD`: a URI a line.
pub(crate) fn athena_objects(body: &str) -> Result<Vec<(String, String)>, String> {
    let lines = body.lines().map(|line| line.trim().trim_matches('"'));
    let objects = lines.filter(|line| !line.is_empty()).map(|line| {
        let path = line.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let (bucket, key) =
            path.ok_or_else(|| format!("`{line}` in the manifest is no `s3://BUCKET/KEY`."))?;
        Ok((bucket.to_owned(), key.to_owned()))
    });
    objects.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The example of "ItemReader (Map)", Step Functions Developer Guide.
    #[test]
    fn an_inventory_names_its_files_and_their_headers() {
        let manifest = |format: &str| {
            json!({
                "sourceBucket": "source", "destinationBucket": "arn:aws:s3:::inventory",
                "fileFormat": format, "fileSchema": "Bucket, Key, Size",
                "files": [{ "key": "source/data/1.csv.gz", "size": 7300 }],
            })
            .to_string()
        };
        assert_eq!(
            inventory(&manifest("CSV")),
            Ok(Inventory {
                bucket: "inventory".to_owned(),
                keys: vec!["source/data/1.csv.gz".to_owned()],
                headers: ["Bucket", "Key", "Size"].map(str::to_owned).to_vec(),
            })
        );
        for (text, wrong) in [
            (manifest("ORC").as_str(), "The inventory's files are ORC; only CSV is read."),
            ("[]", "The manifest has no `fileFormat`, a text."),
        ] {
            assert_eq!(inventory(text), Err(wrong.to_owned()));
        }
    }

    #[test]
    fn a_line_of_athena_is_a_uri() {
        let objects = athena_objects("s3://b/out/1.gz\n\n\"s3://b/out/2\"\r\n");
        let expected = [("b", "out/1.gz"), ("b", "out/2")];
        assert_eq!(objects, Ok(expected.map(|(b, k)| (b.to_owned(), k.to_owned())).to_vec()));
        let wrong = Err("`out/1` in the manifest is no `s3://BUCKET/KEY`.".to_owned());
        assert_eq!(athena_objects("out/1"), wrong);
    }
}
