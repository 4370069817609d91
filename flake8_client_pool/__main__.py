from flake8_client_pool.frontends.cli import main

if __name__ == "__main__":
    main()
