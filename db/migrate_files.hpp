#pragma once

#include <filesystem>
#include <string>
#include <vector>

// Private to the migrations: what lies in the schema folder.
namespace db {

struct migration_file {
    int version = 0;
    std::string name;
    std::string checksum;  // SHA-256 of the file, hex
    std::vector<std::string> statements;
};

// In order of their numbers. Throws base::error{conf_invalid} for holes, doubles, other files that
// end in .sql, and empty files.
std::vector<migration_file> read_migrations(const std::filesystem::path& folder);

}  // namespace db
