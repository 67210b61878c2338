// Change the password of the user who asks; runs on the system database only.
// params: $old_password: string, $new_password: string
// returns: nothing
// access: write
ALTER CURRENT USER SET PASSWORD FROM $old_password TO $new_password
