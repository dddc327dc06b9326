use super::*;
use std::os::unix::fs::symlink;

const HOUR: Duration = Duration::from_hours(1);

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

fn cache() -> (tempfile::TempDir, Cache, Place) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path().join("deep/registry"), HOUR);
    (folder, cache, Place::of("a.io/x").unwrap())
}

#[test]
fn a_digest_is_kept_and_grows_old() {
    let (_folder, cache, place) = cache();
    let now = SystemTime::now();
    assert_eq!(cache.get(&place, "1", now), None);
    cache.put(&place, "1", &digest('1'), now);
    assert_eq!(cache.get(&place, "1", now + HOUR / 2), Some(Kept::Fresh(digest('1'))));
    assert_eq!(cache.get(&place, "1", now + HOUR * 2), Some(Kept::Stale(digest('1'))));
    assert_eq!(cache.get(&place, "1", now - HOUR), None, "from a time that is yet to come");
    assert_eq!(cache.get(&place, "2", now), None);
    assert_eq!(cache.get(&Place::of("b.io/x").unwrap(), "1", now), None);
    cache.put(&place, "1", &digest('2'), now);
    assert_eq!(cache.get(&place, "1", now + HOUR / 2), Some(Kept::Fresh(digest('2'))));
}

#[test]
fn what_is_not_such_a_file_counts_for_nothing() {
    let (folder, cache, place) = cache();
    let now = SystemTime::now();
    cache.put(&place, "1", &digest('1'), now);
    let path = cache.path("a.io/x:1");
    let good = fs::read_to_string(&path).unwrap();
    for (bad, what) in [
        (String::new(), "empty"),
        (good[..good.len() - 2].to_owned(), "cut"),
        (good.replace("a.io/x:1", "a.io/x:2"), "about another tag"),
        (good.replace("sha256:", "sha256:x"), "no digest"),
        (good.replace("sha256:", "sha1:"), "no digest"),
        (good.replace("\"asked\":", "\"asked\":-"), "no time"),
        (good.replace("\"asked\":", "\"asked\":1844674407370955"), "the end of time"),
        (format!("{good}{}", " ".repeat(5000)), "too large"),
    ] {
        assert_ne!(bad, good);
        fs::write(&path, bad).unwrap();
        assert_eq!(cache.get(&place, "1", now), None, "{what}");
    }
    fs::remove_file(&path).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, &good).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert_eq!(cache.get(&place, "1", now), None, "a link");
    fs::remove_file(&path).unwrap();
    std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert_eq!(cache.get(&place, "1", now), None, "a named pipe");
    cache.put(&place, "1", &digest('1'), now);
    assert!(cache.get(&place, "1", now).is_some(), "what is written replaces it");
}

#[test]
fn a_folder_that_cannot_be_made_is_no_error() {
    let (folder, _, place) = cache();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let cache = Cache::new(file.join("registry"), HOUR);
    cache.put(&place, "1", &digest('1'), SystemTime::now());
    cache.sweep(SystemTime::now());
    assert_eq!(cache.get(&place, "1", SystemTime::now()), None);
}

#[test]
fn writers_at_the_same_time_leave_one_whole_file() {
    let (_folder, cache, place) = cache();
    let now = SystemTime::now();
    std::thread::scope(|scope| {
        for digit in "12345678".chars() {
            let (cache, place) = (&cache, &place);
            scope.spawn(move || {
                for _ in 0..50 {
                    cache.put(place, "1", &digest(digit), now);
                    assert!(matches!(cache.get(place, "1", now), Some(Kept::Fresh(_))));
                }
            });
        }
    });
    assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), 1);
}

#[test]
fn only_old_files_of_the_cache_are_swept() {
    let (_folder, cache, place) = cache();
    let now = SystemTime::now();
    cache.put(&place, "1", &digest('1'), now);
    fs::write(cache.folder.join("notes.txt"), "of the user").unwrap();
    cache.sweep(now + OLD / 2);
    assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), 2);
    cache.sweep(now + OLD * 2);
    let left: Vec<_> = fs::read_dir(&cache.folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
}
