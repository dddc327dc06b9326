#![allow(clippy::unwrap_used)]

use super::*;

fn left() -> Error {
    Error::new(ErrorKind::Engine, "something is left in docker").with_help("remove it with: docker rm")
}

#[test]
fn what_is_left_over_is_told_however_the_run_ended() {
    let stopped = Error::new(ErrorKind::Cancelled(2), "stopped before the end");
    assert_eq!(with_left_over::<()>(Err(stopped.clone()), Err(left())), Err(left()));
    assert_eq!(with_left_over(Ok(1), Err(left())), Err(left()));
    let failed = Error::new(ErrorKind::Build, "the original does not build").with_help("mend it");
    let told = with_left_over::<()>(Err(failed.clone()), Err(left())).unwrap_err();
    assert_eq!((told.kind, told.message.as_str()), (ErrorKind::Build, "the original does not build"));
    assert_eq!(told.help.unwrap(), "mend it\nsomething is left in docker\nremove it with: docker rm");
    assert_eq!(with_left_over::<()>(Err(stopped.clone()), Ok(())), Err(stopped));
    assert_eq!(with_left_over(Ok(1), Ok(())), Ok(1));
}
