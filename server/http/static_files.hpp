#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/http/accept_encoding.hpp"
#include "server/http/message.hpp"

namespace http {

struct static_options {
    std::filesystem::path folder;  // read once; later changes need a restart
    std::string mount = {};        // "" or "/files": stands before the file's path in addresses
    // Page paths (last part without a dot) are answered with the nearest index.html above them.
    bool falls_back_to_index = true;
    std::size_t bytes_max = 256U * 1024 * 1024;
};

// A folder of built front ends, served from memory: each file with its .br and .gz siblings, heads
// and ETags computed once. Files under a folder named assets whose name carries a hash never
// change and say so; all others are revalidated by each use.
//
// A folder that is missing or too large leaves the set empty; every address then answers 404 with
// a sentence that says why. Reading it never throws.
class static_files {
public:
    explicit static_files(static_options options);

    // For GET and HEAD. Throws base::error{not_found}.
    reply answer(const request& asked) const;

    // The same as a route's at_once; the object must outlive the server.
    immediate_handler as_handler() const;

    bool empty() const { return files_.empty(); }
    std::size_t file_count() const { return files_.size(); }
    std::size_t byte_count() const { return byte_count_; }

private:
    struct variant {
        coding how;
        std::string etag;
        std::shared_ptr<const std::string> head;
        std::shared_ptr<const std::string> head_unchanged;  // of 304
        std::shared_ptr<const std::string> body;
    };
    using variants = std::vector<variant>;  // best compressed first

    void load();
    void add_file(const std::filesystem::path& file, const std::string& address);
    const variants* find(const std::string& path) const;
    const variants* index_above(std::string_view path) const;

    static_options options_;
    std::unordered_map<std::string, variants> files_;
    std::size_t byte_count_ = 0;
};

// "text/javascript; charset=utf-8" of "app.js"; application/octet-stream when unknown.
std::string_view media_type_of(std::string_view file_name);

// Whether the name carries a hash of the content: app-B3x_9dQa.js
bool is_hashed_name(std::string_view path);

}  // namespace http
