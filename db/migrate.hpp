#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "db/url.hpp"

// Forward-only schema files, NNNN_name.sql from 0001 on without holes. Each runs once; a file that
// has run must never change again (its checksum is kept). A release that still has older instances
// beside it expands first (new tables, new nullable columns), and a later release contracts (drops
// what nobody reads any more), so that old and new run on the same schema.
//
// The server commits each DDL statement by itself, so a file that failed half way is remembered
// with the count of its finished statements and resumed behind them.
namespace db {

struct migration {
    int version = 0;
    std::string name;
    int statements = 0;
    std::int64_t took_ms = 0;
};

struct migration_report {
    bool database_created = false;
    int version_before = 0;
    int version_after = 0;
    std::vector<migration> applied;
};

// Safe against a second process that does the same: the later one waits for the lease of the
// first. Throws base::error{conf_invalid} for holes, changed files and unreadable folders,
// base::error{database_unavailable} or {internal} for what the server says.
migration_report migrate(const url& where, const std::filesystem::path& schema_dir);

// Whether `migrate` would have nothing to do; the server refuses to start on an old schema.
bool is_current(const url& where, const std::filesystem::path& schema_dir);

// One file into its statements: `;` inside quotes, backticks and comments does not count.
std::vector<std::string> split_statements(std::string_view sql);

}  // namespace db
