#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/college_scope.hpp"
#include "db/connection.hpp"
#include "server/base/clock.hpp"
#include "server/rules/console_rights.hpp"

// Who works at the console. What lets an operator in is in db/operator_proofs.hpp.
namespace db {

struct operator_row {
    std::int64_t id = 0;
    std::string name;  // signs in by it
    std::string display_name;
    rules::operator_role role = rules::operator_role::finance;
    college_scope scope;
    std::string password_hash;
    bool password_must_change = true;  // still the initial one
    std::string totp_sealed;           // "" = no authenticator yet
    bool disabled = false;
    std::optional<base::epoch_ms> signed_in_at;
    base::epoch_ms created_at = 0;
    std::int64_t version = 0;

    // Counted by the guard of the last admin.
    bool is_able_admin() const {
        return role == rules::operator_role::admin && !disabled && !password_must_change;
    }
};

std::optional<operator_row> find_operator(connection& db, std::int64_t id);
std::optional<operator_row> find_operator_named(connection& db, std::string_view name);
// Disabled ones too, by name.
std::vector<operator_row> list_operators(connection& db);
// Display names of these ids, for lists; a few at most.
std::string display_name_of_operator(connection& db, std::int64_t id);

// With the initial password. False: the name is taken.
bool insert_operator(connection& db, const operator_row& made, base::epoch_ms now);

struct operator_change {
    std::string display_name;
    rules::operator_role role = rules::operator_role::finance;
    college_scope scope;
    std::int64_t version = 0;  // as the form was opened with
};

// Each of these throws base::error{last_admin} where no admin who can sign in would be left, and
// operator_not_found; so it rolls back. The row as it was before, to compare with.
//   change_operator: operator_changed where the version is not that one any more
operator_row change_operator(
    connection& db, std::int64_t id, const operator_change& wanted, base::epoch_ms now
);
operator_row set_operator_disabled(
    connection& db, std::int64_t id, bool disabled, base::epoch_ms now
);
// A new initial password; the authenticator is gone. even_the_last: for the command line, which is
// the way out where the only admin has lost his phone.
operator_row reset_operator(
    connection& db,
    std::int64_t id,
    std::string_view initial_hash,
    bool even_the_last,
    base::epoch_ms now
);

// Called where an operator becomes, or stops to be, an admin who can sign in. Throws last_admin.
void count_able_admin(connection& db, bool was, bool is, bool even_the_last = false);

}  // namespace db
