#pragma once

#include <cstdint>
#include <memory>
#include <string>

// The least that MariaDB's C library can do for the same work: the yardstick.
namespace bench {

class plain_client {
public:
    plain_client(const std::string& socket, const std::string& database);
    ~plain_client();
    plain_client(const plain_client&) = delete;
    plain_client& operator=(const plain_client&) = delete;

    // The bills of one student, prepared, every column fetched and bound. Answers the row count.
    int list_bills(std::int64_t person_id);

    // One row changed and durable: what disk and group commit allow at most.
    void commit_one_row(std::int64_t id);

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace bench
